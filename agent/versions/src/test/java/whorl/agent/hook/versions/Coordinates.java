package whorl.agent.hook.versions;

/** A jar of a Maven repository. */
record Coordinates(String groupId, String artifactId, String version) {
  /** Of the form {@code group:artifact:version}. */
  static Coordinates of(String text) {
    String[] parts = text.strip().split(":");
    if (parts.length != 3) {
      throw new IllegalArgumentException("not of the form group:artifact:version: " + text);
    }
    return new Coordinates(parts[0], parts[1], parts[2]);
  }

  @Override
  public String toString() {
    return groupId + ":" + artifactId + ":" + version;
  }
}
