package whorl.collector.cli.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import jdk.jfr.EventType;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.Table;

/**
 * Reads a recording's events in time order, ordered by their end. The JDK sorts one chunk at a time
 * and holds the selected events of that chunk in memory; HotSpot's chunks have a few megabytes.
 */
final class Replay {
  private final Path recording;
  private @Nullable Instant latest;
  private long outOfOrder;
  private @Nullable Exception failure;

  Replay(Path recording) {
    this.recording = recording;
  }

  /**
   * Passes on the events, on this thread.
   *
   * @param selected selects types by name
   * @param consumer may throw to stop
   * @throws CliException if the file cannot be read to its end; then no event was passed on
   */
  void forEach(Predicate<String> selected, Consumer<RecordedEvent> consumer) {
    // a file may have several types with the same name, for example after a class was reloaded
    List<String> types =
        readTypes().stream().map(EventType::getName).distinct().filter(selected).toList();
    try (EventStream stream = EventStream.openFile(recording)) {
      stream.setOrdered(true);
      stream.setReuse(true);
      stream.onError(e -> fail(e, stream));
      for (String type : types) {
        stream.onEvent(
            type,
            event -> {
              try {
                countOutOfOrder(event.getEndTime());
                consumer.accept(event);
              } catch (RuntimeException e) {
                fail(e, stream);
              }
            });
      }
      if (!types.isEmpty()) {
        stream.start();
      }
    } catch (IOException e) {
      throw unreadable(Problems.text(e));
    } catch (OutOfMemoryError e) {
      throw tooLarge();
    } catch (VirtualMachineError e) {
      throw unreadable(e.toString());
    }
    Exception cause = failure;
    if (cause instanceof CliException cliException) {
      throw cliException;
    }
    if (cause != null) {
      throw unreadable("it is damaged (" + cause + ")");
    }
  }

  /** The number of events that came after a later one, because chunks are in the wrong order. */
  long outOfOrder() {
    return outOfOrder;
  }

  private void countOutOfOrder(Instant end) {
    if (latest != null && end.isBefore(latest)) {
      outOfOrder++;
    } else {
      latest = end;
    }
  }

  private void fail(Throwable e, EventStream stream) {
    if (failure == null) {
      failure = e instanceof Exception exception ? exception : new IllegalStateException(e);
    }
    stream.close();
  }

  /**
   * Reads the whole file, one event at a time: an event stream would treat damage as the end of the
   * recording, or print a stack trace.
   *
   * @return its types
   */
  private List<EventType> readTypes() {
    try (RecordingFile file = new RecordingFile(recording)) {
      List<EventType> types = file.readEventTypes();
      while (file.hasMoreEvents()) {
        file.readEvent();
      }
      return types;
    } catch (OutOfMemoryError e) {
      throw tooLarge();
    } catch (RuntimeException | VirtualMachineError damaged) {
      throw unreadable("it is damaged (" + damaged + ")");
    } catch (IOException e) {
      throw unreadable(Problems.text(e));
    }
  }

  private CliException unreadable(String reason) {
    return CliException.failed(
        "cannot read " + recording + " as a recording: " + reason,
        "get it again with `whorl evidence get`, and check it with `whorl verify`; a copy of a"
            + " running JVM's repository may need its newest chunk cut off");
  }

  private CliException tooLarge() {
    return CliException.failed(
        recording
            + " has more events at once than fit into "
            + Table.size(Runtime.getRuntime().maxMemory())
            + " of memory",
        "ask for fewer with --events, or give more memory with java -Xmx");
  }
}
