package whorl.collector.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import whorl.collector.maintenance.Check;
import whorl.collector.notify.file.NotifyFile;

/** A file of notifications, with the files of secrets that it names. */
final class NotifyCheck {
  private NotifyCheck() {}

  static Check of(Path file) {
    try {
      String names =
          NotifyFile.open(file).now().all().stream()
              .map(each -> each.name() + " (" + each.type() + ")")
              .collect(Collectors.joining(", "));
      return Check.ok("notify", names);
    } catch (IOException e) {
      return Check.fail(
          "notify",
          String.valueOf(e.getMessage()),
          "correct it; docs/notifications.md says what it has to contain");
    }
  }
}
