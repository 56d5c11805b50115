package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.List;
import whorl.agent.config.AgentConfig;
import whorl.agent.environment.Environment;
import whorl.agent.environment.Modules;
import whorl.agent.event.EpochClock;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.agent.recording.RollingRecording;

final class RunningAgent {
  private final AgentConfig config;
  private final Instrumentation instrumentation;
  private final EventSink sink = new EventSink(new EpochClock());

  RunningAgent(AgentConfig config, Instrumentation instrumentation) {
    this.config = config;
    this.instrumentation = instrumentation;
  }

  String start() throws Exception {
    Hooks hooks = Hooks.of(sink, config.hooksDisabled(), System.getProperty("user.dir", "/"));
    hooks.install(instrumentation);
    new AgentThreads("start").newThread(() -> background(hooks)).start();
    return "watching; problems " + config.problems();
  }

  private void background(Hooks hooks) {
    try {
      Environment environment = Environment.probe(Path.of("/"), config.recording().dir());
      System.err.println("DEBUG " + environment.capabilities());
      if (Modules.has("jdk.jfr")) {
        RollingRecording recording =
            RollingRecording.start(
                instrumentation, environment, config.recording(), sink, new AgentThreads("guard"));
        System.err.println("DEBUG " + recording.describe());
      }
      Thread.sleep(1500);
      System.err.println(
          "DEBUG notfound "
              + hooks.notFound(instrumentation)
              + " failures "
              + hooks.failures()
              + " "
              + hooks.firstFailure()
              + " "
              + sink.losses());
      java.util.Map<String, Integer> n = new java.util.TreeMap<>();
      List<whorl.agent.event.AgentEvent> all = sink.snapshot();
      for (var e : all) n.merge(e.type().jfrName(), 1, Integer::sum);
      System.err.println("DEBUG " + n);
      for (var e : all)
        if (e.type().category() != null && !e.type().jfrName().endsWith("ClassLoad"))
          System.err.println("DEBUG " + whorl.evidence.Json.text(e.toLine()));
    } catch (Throwable e) {
      e.printStackTrace();
    }
  }
}
