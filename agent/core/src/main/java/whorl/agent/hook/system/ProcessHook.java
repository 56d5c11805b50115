package whorl.agent.hook.system;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.ProcessReports;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Processes started and ended. A failed attempt is an event too, with pid -1: in an image without a
 * shell most attempts fail. Code that creates the JDK's process object itself, without the usual
 * method, is observed where the object is created. {@link ChildProcesses} finds calls of the native
 * method below.
 */
public final class ProcessHook implements Hook {
  private static final String PROCESS = "java/lang/ProcessImpl";
  private static final String DIRECT = "([B[BI[BI[B[IZZ)";
  private static final int STARTED = 0;
  private static final int EXIT_AWAITED = 1;
  private static final int DIRECT_BEGINS = 2;
  private static final int CREATED = 3;
  private static final int COMMAND_MAX_BYTES = 16 << 10;
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final BelowStart BELOW_START = new BelowStart();

  private final EventSink sink;
  private final ChildProcesses children;
  private final ProcessExits exits;

  public ProcessHook(EventSink sink, ChildProcesses children) {
    this.sink = sink;
    this.children = children;
    this.exits = new ProcessExits(sink);
    WALKER.walk(BELOW_START);
  }

  @Override
  public String group() {
    return "process";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            STARTED,
            always(PROCESS, "start", "([Ljava/lang/String;", argument(0), argument(2), RESULT)),
        point(
            EXIT_AWAITED,
            onReturn(
                "java/lang/ProcessHandleImpl",
                "completion",
                "(JZ)",
                argument(0),
                argument(1),
                RESULT)),
        point(
            DIRECT_BEGINS, entry(PROCESS, "<init>", DIRECT, argument(0), argument(1), argument(5))),
        point(CREATED, onReturn(PROCESS, "<init>", DIRECT, SELF)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case STARTED -> started(values);
      case EXIT_AWAITED -> awaitExit(values);
      case DIRECT_BEGINS -> {
        exits.starting();
        if (!WALKER.walk(BELOW_START)) {
          ProcessReports.started(
              sink,
              command(bytes(values[0]), bytes(values[1])),
              text(bytes(values[2])),
              null,
              "direct");
        }
      }
      case CREATED -> {
        if (values[0] instanceof Process process) {
          children.reported(process.pid());
          if (!WALKER.walk(BELOW_START)) {
            exits.started(process.pid());
          }
        }
      }
      default -> throw HookPoint.unknown(at);
    }
  }

  private void started(@Nullable Object[] values) {
    String command =
        values[0] instanceof String[] words ? String.join(" ", words) : String.valueOf(values[0]);
    long pid = values[2] instanceof Process process ? process.pid() : -1L;
    if (pid > 0) {
      children.reported(pid);
    }
    String directory = values[1] instanceof String path ? path : null;
    ProcessReports.started(sink, command, directory, pid, null);
    if (pid > 0) {
      exits.started(pid);
    }
  }

  private void awaitExit(@Nullable Object[] values) {
    boolean reaps = Boolean.TRUE.equals(values[1]);
    if (reaps && values[2] instanceof CompletableFuture<?> exit && values[0] instanceof Long pid) {
      exits.awaited(pid, exit);
    }
  }

  /** Joins C strings: each ends with a zero, and the arguments follow each other. */
  static String command(byte[] program, byte[] arguments) {
    String rest = text(arguments);
    String first = text(program);
    return rest == null ? String.valueOf(first) : first + " " + rest;
  }

  private static byte[] bytes(@Nullable Object value) {
    return value instanceof byte[] bytes ? bytes : new byte[0];
  }

  private static @Nullable String text(byte[] zeroEnded) {
    int end = Math.min(zeroEnded.length, COMMAND_MAX_BYTES);
    while (end > 0 && zeroEnded[end - 1] == 0) {
      end--;
    }
    return end == 0
        ? null
        : new String(zeroEnded, 0, end, StandardCharsets.UTF_8).replace('\0', ' ');
  }

  /** Checks whether the usual method creates the process object. */
  private static final class BelowStart
      implements Function<Stream<StackWalker.StackFrame>, Boolean> {
    private static final int MAX_FRAMES = 16;

    @Override
    public Boolean apply(Stream<StackWalker.StackFrame> frames) {
      boolean made = false;
      Iterator<StackWalker.StackFrame> iterator = frames.iterator();
      for (int i = 0; i < MAX_FRAMES && iterator.hasNext(); i++) {
        StackWalker.StackFrame frame = iterator.next();
        Class<?> type = frame.getDeclaringClass();
        if (ClassFacts.isOfBootLoader(type) && type.getName().equals("java.lang.ProcessImpl")) {
          if (frame.getMethodName().equals("start")) {
            return true;
          }
          made = true;
        } else if (made) {
          return false;
        }
      }
      return false;
    }
  }
}
