/** How agents reach the collector. */
enum Way {
  PLAIN,
  TLS
}
