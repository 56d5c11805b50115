package whorl.collector.cli.fleet;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.CaptureRow;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.UnreachableException;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Progress;
import whorl.evidence.Id;

/** Polls captures until they have ended. */
final class CaptureWatch {
  private final CollectorClient collector;
  private final CommandContext commandContext;
  private final Progress progress;
  private @Nullable Long awaySinceNanos;

  CaptureWatch(CollectorClient collector, CommandContext commandContext, Progress progress) {
    this.collector = collector;
    this.commandContext = commandContext;
    this.progress = progress;
  }

  /**
   * Waits until all have ended, also while the collector restarts.
   *
   * @throws CliException if {@code timeout} has passed, or the collector stays unreachable
   */
  List<CollectorClient.One<CaptureRow>> untilEnded(List<CaptureRow> started, Duration timeout) {
    Map<Id, CollectorClient.One<CaptureRow>> latest = new LinkedHashMap<>();
    long startNanos = commandContext.nanos().getAsLong();
    while (true) {
      for (CaptureRow capture : started) {
        CollectorClient.One<CaptureRow> known = latest.get(capture.id());
        if (known == null || !known.row().state().ended()) {
          poll(capture.id(), latest);
        }
      }
      show(latest, started.size());
      if (latest.size() == started.size() && ended(latest) == started.size()) {
        return List.copyOf(latest.values());
      }
      if (commandContext.nanos().getAsLong() - startNanos > timeout.toNanos()) {
        throw CliException.failed(
            (started.size() == 1
                    ? "the capture has"
                    : started.size() - ended(latest) + " of " + started.size() + " captures have")
                + " not ended after "
                + timeout.toMinutes()
                + (started.size() == 1 ? " min; it goes on" : " min; they go on"),
            "see `whorl captures` later, or wait longer with --timeout");
      }
      CommandContext.pause(commandContext.pace().poll());
    }
  }

  private void poll(Id capture, Map<Id, CollectorClient.One<CaptureRow>> latest) {
    try {
      latest.put(capture, collector.capture(capture));
      awaySinceNanos = null;
    } catch (UnreachableException e) {
      long now = commandContext.nanos().getAsLong();
      if (awaySinceNanos == null) {
        awaySinceNanos = now;
      }
      if (now - awaySinceNanos > commandContext.pace().outage().toNanos()) {
        throw e;
      }
    }
  }

  private void show(Map<Id, CollectorClient.One<CaptureRow>> latest, int all) {
    long bytes = 0;
    long of = 0;
    boolean known = latest.size() == all;
    Map<String, Integer> states = new LinkedHashMap<>();
    for (CollectorClient.One<CaptureRow> polled : latest.values()) {
      CaptureRow capture = polled.row();
      bytes += capture.bytes();
      of += capture.of();
      known &= capture.state().ended() || capture.of() > 0;
      states.merge(capture.doing(), 1, Integer::sum);
    }
    progress.doing(awaySinceNanos != null ? "waits for the collector" : words(states, all));
    progress.bytes(bytes, known ? of : 0);
  }

  private static String words(Map<String, Integer> states, int all) {
    return all == 1
        ? states.keySet().iterator().next()
        : String.join(
            ", ", states.entrySet().stream().map(s -> s.getValue() + " " + s.getKey()).toList());
  }

  private static int ended(Map<Id, CollectorClient.One<CaptureRow>> latest) {
    return (int) latest.values().stream().filter(capture -> capture.row().state().ended()).count();
  }
}
