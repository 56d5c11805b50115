package whorl.lab.prepare;

/** Which agent watches the application of a case. */
public enum Watcher {
  WHORL("results"),
  /** Datadog's Java agent with its protection of applications on, for comparison. */
  DATADOG("results-datadog"),
  /** None: whether the attack or the workload itself works. */
  NONE("trials");

  private final String folder;

  Watcher(String folder) {
    this.folder = folder;
  }

  /** Where results are kept. */
  public String folder() {
    return folder;
  }
}
