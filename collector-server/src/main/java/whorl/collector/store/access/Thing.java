package whorl.collector.store.access;

/** What belongs to somebody, by its table. */
public enum Thing {
  EVIDENCE("evidence"),
  ALERT("alerts"),
  ALERT_GROUP("alert_groups"),
  CAPTURE("captures"),
  AGENT("agents");

  private final String table;

  Thing(String table) {
    this.table = table;
  }

  String table() {
    return table;
  }
}
