import java.util.Locale;

/** How agents reach the collector. */
enum Way {
  PLAIN,
  TLS;

  /** Its name in tables and on the command line. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
