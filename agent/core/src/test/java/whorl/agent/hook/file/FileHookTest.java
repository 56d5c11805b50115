package whorl.agent.hook.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

class FileHookTest {
  private final EventSink sink = new EventSink(new EpochClock());
  private final FileHook hook = new FileHook(sink, RealPaths.of("/work"));

  private void visit(String method, @Nullable Object... values) {
    for (HookPoint point : hook.joinPoints()) {
      if (point.joinPoint().method().equals(method)) {
        hook.observe(point.id(), values, ThreadState.of(ThreadState.current()));
        return;
      }
    }
    throw new AssertionError("not observed: " + method);
  }

  @Test
  void copyOfADevice_isAFileThatWasMade() {
    visit("mknod", Path.of("/dev/shm/disk"));

    assertThat(sink.snapshot())
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.toLine().fields())
                    .containsEntry("path", "/dev/shm/disk")
                    .containsEntry("access", "write")
                    .containsEntry("created", true));
  }
}
