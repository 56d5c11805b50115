package whorl.agent.hook.code;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventSink;
import whorl.agent.event.WatchReports;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * The JVM's diagnostics that Java code reaches through management beans: a heap dump holds every
 * secret of the application, and a command may load a native agent or copy the recording. Commands
 * through the attach socket run no Java code and are not observed here.
 */
public final class DiagnosticHook implements Hook {
  private static final String BEANS = "com/sun/management/internal/";
  private static final int HEAP_DUMP = 0;
  private static final int COMMAND = 1;
  private static final int MAX_CHARS = 4096;

  /** Beginnings of commands, each with its word in {@code whorl.Tamper}. */
  private static final String[][] REPORTED = {
    {"GC.heap_dump", "heap-dumped"},
    {"JFR.dump", "recording-dumped"},
    {"JFR.", "diagnostic-command"},
    {"VM.set_flag", "diagnostic-command"},
    {"ManagementAgent.", "diagnostic-command"},
    {"Compiler.directives_", "diagnostic-command"},
    {"VM.log", "diagnostic-command"},
  };

  private final EventSink sink;

  public DiagnosticHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "agent";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            HEAP_DUMP,
            entry(BEANS + "HotSpotDiagnostic", "dumpHeap", "(Ljava/lang/String;Z)", argument(0))
                .asOptional()),
        point(
            COMMAND,
            entry(
                    BEANS + "DiagnosticCommandImpl$Wrapper",
                    "execute",
                    "([Ljava/lang/String;)",
                    new Operand.SelfField("cmd", "Ljava/lang/String;"),
                    argument(0))
                .asOptional()));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (!(values[0] instanceof String first)) {
      return;
    }
    switch (at) {
      case HEAP_DUMP -> WatchReports.tampered(sink, "heap-dumped", first, null);
      case COMMAND -> command(first, values[1] instanceof String[] words ? joined(words) : "");
      default -> throw HookPoint.unknown(at);
    }
  }

  private void command(String first, String arguments) {
    if (first.equals("JVMTI.agent_load")) {
      int end = arguments.indexOf(' ');
      CodeReports.agentLoaded(
          sink,
          end < 0 ? arguments : arguments.substring(0, end),
          end < 0 ? null : arguments.substring(end + 1),
          null);
      return;
    }
    for (String[] reported : REPORTED) {
      if (first.startsWith(reported[0])) {
        WatchReports.tampered(sink, reported[1], first, arguments);
        return;
      }
    }
  }

  private static String joined(String[] words) {
    StringBuilder text = new StringBuilder();
    for (String word : words) {
      if (word != null && text.length() < MAX_CHARS) {
        text.append(text.length() == 0 ? "" : " ").append(word);
      }
    }
    return text.toString();
  }
}
