/** Version of the SDK, as its package has it. A test compares the two. */
export const SDK_VERSION = '0.1.0';
