package whorl.agent.rule;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.rules.engine.RuleSet;

/** One event and all rules, on the thread that made it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RuleBenchmark {
  @Param({"built-in", "hundred"})
  String rules;

  private RuleConsumer stage;
  private AgentEvent opened;
  private AgentEvent openedOnRequest;
  private AgentEvent connected;
  private AgentEvent served;
  private AgentEvent matching;

  @Setup
  public void load() {
    RuleSet set =
        rules.equals("hundred")
            ? HundredRules.parse()
            : RuleSet.load(List.of(), Set.of(), true);
    if (!set.problems().isEmpty()) {
      throw new IllegalStateException(set.problems().toString());
    }
    stage = new RuleConsumer(set, (alert, event) -> {}, InstantSource.system());
    RequestContext request = new RequestContext("4711", "GET", "/products", "10.0.0.9");
    String path = "/usr/share/shop/templates/catalogue/item-4711.html";
    opened = event(EventType.FILE_OPEN, null, path, "read", false, false);
    openedOnRequest = event(EventType.FILE_OPEN, request, path, "read", false, false);
    matching = event(EventType.FILE_OPEN, null, "/etc/shadow", "read", false, false);
    connected = event(EventType.SOCKET_CONNECT, null, "db", "192.0.2.7", 5432, "tcp");
    served =
        event(
            EventType.HTTP_REQUEST,
            request,
            "GET",
            "/products",
            "sort=price",
            "10.0.0.9",
            200,
            "jdk",
            null,
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            0L,
            812L,
            1_000_000L);
  }

  private static AgentEvent event(EventType type, RequestContext request, Object... values) {
    return AgentEvent.here(type, 1, System.currentTimeMillis() * 1_000_000, request, values);
  }

  @Benchmark
  public void fileOpened() {
    stage.accept(opened);
  }

  @Benchmark
  public void fileOpenedOnRequest() {
    stage.accept(openedOnRequest);
  }

  @Benchmark
  public void connected() {
    stage.accept(connected);
  }

  @Benchmark
  public void requestServed() {
    stage.accept(served);
  }

  /** Events of the same second, so that after the first ten alerts only the match is measured. */
  @Benchmark
  public void matching() {
    stage.accept(matching);
  }
}
