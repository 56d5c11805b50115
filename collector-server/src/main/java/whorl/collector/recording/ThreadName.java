package whorl.collector.recording;

/**
 * A thread.
 *
 * @param name in UTF-8: the Java name, or else the operating system's; empty if it has none
 * @param id the Java thread id; 0 or less if it has none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ThreadName(byte[] name, long id) {}
