package whorl.evidence;

/**
 * An artifact that was asked for and could not be had.
 *
 * @param artifact what was asked for, such as {@code heap} or {@code recording.jfr}
 * @param reason a sentence for the responder
 */
public record Missing(String artifact, String reason) {}
