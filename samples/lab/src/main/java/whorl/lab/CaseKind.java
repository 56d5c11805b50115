package whorl.lab;

/** What a case is, by the folder it lies in. */
enum CaseKind {
  ATTACK("attacks"),
  SHELL("shells"),
  WORKLOAD("workloads");

  private final String folder;

  CaseKind(String folder) {
    this.folder = folder;
  }

  String folder() {
    return folder;
  }
}
