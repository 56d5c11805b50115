import java.util.Locale;

/** Who takes the uploads, and how they come. */
enum Way {
  /** WebDAV's PUT; then sha256sum, and sync of the files and their folder. */
  NGINX,
  /** {@code @tus/server} with its file store, each file in one PATCH; then as with nginx. */
  TUS,
  /** As the agent ships: in chunks, each with its SHA-256; then manifest and seal. */
  WHORL,
  /** Each file in one PATCH, as they come to the others; then manifest and seal. */
  WHOLE,
  /** As whorl, by the jar of another version. */
  BEFORE;

  /** Its name in tables and on the command line. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
