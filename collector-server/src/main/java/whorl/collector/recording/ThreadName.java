package whorl.collector.recording;

/**
 * A thread.
 *
 * @param name in UTF-8, Java's or else the operating system's; empty where it has none
 * @param id Java's; 0 or less where it has none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ThreadName(byte[] name, long id) {}
