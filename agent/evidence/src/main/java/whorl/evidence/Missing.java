package whorl.evidence;

/**
 * An artifact that was requested but could not be collected.
 *
 * @param artifact the requested artifact, such as {@code heap} or {@code recording.jfr}
 * @param reason a sentence for the responder
 */
public record Missing(String artifact, String reason) {}
