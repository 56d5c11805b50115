package whorl.collector.cli.client;

/** Who the user is, as the collector says. */
public record SessionRow(String role, String name) {
  public SessionRow {
    role = role == null ? "" : role;
    name = name == null ? "" : name;
  }
}
