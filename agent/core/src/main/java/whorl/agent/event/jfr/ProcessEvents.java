package whorl.agent.event.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** JFR event types for processes and the console. Public because JFR requires it. */
public final class ProcessEvents {
  private ProcessEvents() {}

  /** Adds the types of this file. */
  static void addTo(JfrTypes types) {
    types.add(EventType.PROCESS_START, new ProcessStart());
    types.add(EventType.PROCESS_EXIT, new ProcessExit());
    types.add(EventType.CONSOLE, new Console());
  }

  @Name("whorl.ProcessStart")
  @Label("Process Start")
  @Category({"Whorl", "Processes"})
  @Description("A process was started, or could not be")
  @StackTrace
  public static final class ProcessStart extends RequestEvent {
    @Label("Command")
    @Description("The program and its arguments")
    @Nullable String command;

    @Label("Directory")
    @Description("Where it was started, if not in the working directory")
    @Nullable String directory;

    @Label("Process Id")
    @Description("The process id; -1 where it could not be started")
    long pid;

    @Label("Origin")
    @Description(
        "direct: past the JDK's own method; unseen: found among the children, no hook saw the start")
    @Nullable String origin;

    @Override
    void commit(AgentEvent event) {
      ProcessStart jfr = new ProcessStart();
      if (jfr.isEnabled()) {
        jfr.command = Values.text(event, 0);
        jfr.directory = Values.text(event, 1);
        jfr.pid = Values.number(event, 2);
        jfr.origin = Values.text(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.ProcessExit")
  @Label("Process Exit")
  @Category({"Whorl", "Processes"})
  @Description("A process that was started here ended")
  @StackTrace
  public static final class ProcessExit extends RequestEvent {
    @Label("Process Id")
    @Description("The process id")
    long pid;

    @Label("Exit Code")
    @Description("What it ended with; above 128 the signal that ended it plus 128")
    int exitCode;

    @Override
    void commit(AgentEvent event) {
      ProcessExit jfr = new ProcessExit();
      if (jfr.isEnabled()) {
        jfr.pid = Values.number(event, 0);
        jfr.exitCode = (int) Values.number(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.Console")
  @Label("Console")
  @Category({"Whorl", "Processes"})
  @Description("A line on standard output or error")
  @StackTrace
  public static final class Console extends RequestEvent {
    @Label("Stream")
    @Description("out or err")
    @Nullable String stream;

    @Label("Line")
    @Description("The text")
    @Nullable String line;

    @Override
    void commit(AgentEvent event) {
      Console jfr = new Console();
      if (jfr.isEnabled()) {
        jfr.stream = Values.text(event, 0);
        jfr.line = Values.text(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
