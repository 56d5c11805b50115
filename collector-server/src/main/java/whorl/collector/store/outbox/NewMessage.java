package whorl.collector.store.outbox;

import java.time.Duration;
import whorl.evidence.Id;

/**
 * A message to be added.
 *
 * @param event what it is about; a notification gets an event once
 * @param group events of one group are collected in one message while it waits
 * @param content JSON
 * @param delay for how long the message waits for others of its group
 * @param urgent true if it is due at once, with what waits of its group
 */
public record NewMessage(
    Id id,
    String notification,
    String event,
    String group,
    String content,
    Duration delay,
    boolean urgent) {
  /** A message that may wait. */
  public NewMessage(
      Id id, String notification, String event, String group, String content, Duration delay) {
    this(id, notification, event, group, content, delay, false);
  }
}
