package whorl.collector.people;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.yaml.SettingsFile;

/**
 * The file that says what groups of people may do. A new version applies at once, to open sessions
 * too. Thread-safe.
 */
public final class AccessFile {
  private static final SettingsFile.Kind<AccessRules> KIND =
      new SettingsFile.Kind<>("access file", "docs/people.md", AccessReader::read);

  private final SettingsFile<AccessRules> file;

  private AccessFile(SettingsFile<AccessRules> file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, and every problem with its line
   */
  public static AccessFile open(Path file) throws IOException {
    return new AccessFile(SettingsFile.open(file, KIND));
  }

  /** {@link SettingsFile#reload}. */
  public boolean reload() throws IOException {
    return file.reload();
  }

  /** Why the file's newest version is not used, in a sentence; null if it is. */
  public @Nullable String problem() {
    return file.problem();
  }

  AccessRules rules() {
    return file.now();
  }

  /** The number of groups that may do something. */
  public int groups() {
    return rules().byGroup().size();
  }
}
