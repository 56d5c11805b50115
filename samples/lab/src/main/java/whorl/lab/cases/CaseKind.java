package whorl.lab.cases;

/** What a case is, by the folder it lies in. */
public enum CaseKind {
  ATTACK("attacks"),
  SHELL("shells"),
  WORKLOAD("workloads");

  private final String folder;

  CaseKind(String folder) {
    this.folder = folder;
  }

  public String folder() {
    return folder;
  }
}
