package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Processes started and ended. An attempt that fails is an event too, with pid -1: in an image
 * without a shell that is what most attempts come to.
 */
public final class ProcessHook implements Hook {
  private final EventSink sink;

  public ProcessHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String word() {
    return "process";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        always(
            "java/lang/ProcessImpl",
            "start",
            "([Ljava/lang/String;",
            argument(0),
            argument(2),
            RESULT),
        onReturn(
            "java/lang/ProcessHandleImpl", "completion", "(JZ)", argument(0), argument(1), RESULT));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (at == 0) {
      started(values);
    } else {
      awaitExit(values);
    }
  }

  private void started(@Nullable Object[] values) {
    String command =
        values[0] instanceof String[] words ? String.join(" ", words) : String.valueOf(values[0]);
    long pid = values[2] instanceof Process process ? process.pid() : -1L;
    sink.emit(EventType.PROCESS_START, command, values[1], pid);
  }

  /** Runs on the JDK's process reaper, whose future this is. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private void awaitExit(@Nullable Object[] values) {
    boolean reaps = Boolean.TRUE.equals(values[1]);
    if (reaps && values[2] instanceof CompletableFuture<?> exit && values[0] instanceof Long pid) {
      exit.whenComplete(
          (status, failure) -> {
            if (status instanceof Integer exitCode) {
              sink.emit(EventType.PROCESS_EXIT, pid, exitCode);
            }
          });
    }
  }
}
