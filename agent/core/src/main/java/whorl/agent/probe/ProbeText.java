package whorl.agent.probe;

/** Bounds the texts of a report. */
final class ProbeText {
  static final int NOTES_MAX = 16;
  private static final int TEXT_MAX_CHARS = 1_000;

  private ProbeText() {}

  static String cut(String text) {
    return text.length() <= TEXT_MAX_CHARS ? text : text.substring(0, TEXT_MAX_CHARS - 1) + "…";
  }
}
