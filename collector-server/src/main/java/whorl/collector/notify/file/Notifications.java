package whorl.collector.notify.file;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All notifications of a file.
 *
 * @param page the address of the collector's page, for links; null if it is not given
 */
public record Notifications(@Nullable URI page, List<Notification> all) {
  /** Without a file. */
  public static final Notifications NONE = new Notifications(null, List.of());

  public Notifications {
    all = List.copyOf(all);
  }

  /** The notification of this name; null if there is none. */
  public @Nullable Notification find(String name) {
    for (Notification each : all) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }
}
