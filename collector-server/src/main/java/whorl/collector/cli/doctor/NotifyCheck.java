package whorl.collector.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import whorl.collector.maintenance.Check;
import whorl.collector.notify.file.Notifications;
import whorl.collector.notify.file.NotifyFile;

/** A file of notifications, with the files of secrets that it names. */
final class NotifyCheck {
  private NotifyCheck() {}

  static Check of(Path file) {
    try {
      Notifications notifications = NotifyFile.open(file).now();
      String names =
          notifications.all().stream()
              .map(each -> each.name() + " (" + each.type() + ")")
              .collect(Collectors.joining(", "));
      return notifications.page() == null
          ? Check.warn(
              "notify",
              names + "; no public-url, so messages have no link",
              "give the page's address as public-url, unless serve has --oidc-page")
          : Check.ok("notify", names);
    } catch (IOException e) {
      return Check.fail(
          "notify",
          String.valueOf(e.getMessage()),
          "correct it; docs/notifications.md says what it has to contain");
    }
  }
}
