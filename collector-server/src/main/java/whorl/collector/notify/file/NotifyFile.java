package whorl.collector.notify.file;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.yaml.SettingsFile;

/** The file that names notifications. A new version applies within seconds. Thread-safe. */
public final class NotifyFile {
  private static final SettingsFile.Kind<Notifications> KIND =
      new SettingsFile.Kind<>("notify file", "docs/notifications.md", NotifyReader::read);

  private final SettingsFile<Notifications> file;

  private NotifyFile(SettingsFile<Notifications> file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, and every problem with its line
   */
  public static NotifyFile open(Path file) throws IOException {
    return new NotifyFile(SettingsFile.open(file, KIND));
  }

  /** {@link SettingsFile#reload}. */
  public boolean reload() throws IOException {
    return file.reload();
  }

  public Notifications now() {
    return file.now();
  }

  /** Why the file's newest version is not used, in a sentence; null if it is. */
  public @Nullable String problem() {
    return file.problem();
  }

  /** How often a version could not be used. */
  public long failures() {
    return file.failures();
  }
}
