package whorl.agent.hook.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.request.RequestLine;
import whorl.agent.event.time.EpochClock;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

class RequestsTest {
  private final EventSink sink = new EventSink(new EpochClock());
  private final AtomicInteger first = new AtomicInteger();
  private final Requests requests = new Requests(sink, first::incrementAndGet);

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  private static RequestLine line(String target) {
    return RequestLine.ofTarget("test/1", "GET", target, "192.0.2.1", "203.0.113.7", "asker/1");
  }

  private AgentEvent only() {
    List<AgentEvent> events = sink.snapshot();
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private Object value(String field) {
    return only().value(EventType.HTTP_REQUEST.indexOf(field));
  }

  @Test
  void request_isTheThreadsUntilExit_andOneEventWhenItEnds() {
    Object key = new Object();
    requests.begin(key, line("/a%2Fb?password=hunter2"));
    RequestContext context = CurrentRequest.get();
    assertThat(context).isNotNull();
    requests.exit();
    assertThat(CurrentRequest.get()).isNull();
    requests.enter(key);
    assertThat(CurrentRequest.get()).isSameAs(context);
    requests.exit();
    assertThat(sink.snapshot()).isEmpty();

    requests.end(key, 200, 1L, 2L);
    requests.end(key, 500, 1L, 2L);

    assertThat(only().request()).isEqualTo(context);
    assertThat(value("path")).isEqualTo("/a%2Fb");
    assertThat(value("query")).isEqualTo("password=hunter2");
    assertThat(value("status")).isEqualTo(200);
    assertThat(value("responseBytes")).isEqualTo(2L);
    assertThat((Long) value("elapsed")).isNotNegative();
    assertThat(CurrentRequest.get()).isNull();
    assertThat(requests.lost()).isZero();
  }

  @Test
  void ids_differ_andOnlyTheFirstRequestRunsOnFirst() {
    requests.begin(new Object(), line("/1"));
    String firstId = CurrentRequest.get().id();
    requests.begin(new Object(), line("/2"));

    assertThat(CurrentRequest.get().id()).isNotEqualTo(firstId);
    assertThat(first).hasValue(1);
  }

  @Test
  void keyOfAnUnfinishedRequest_usedAgain_isCounted() {
    Object key = new Object();
    requests.begin(key, line("/1"));
    requests.begin(key, line("/2"));
    requests.end(key, 200, null, null);

    assertThat(value("path")).isEqualTo("/2");
    assertThat(requests.lost()).isEqualTo(1);
  }

  @Test
  void unknownValue_isANullField() {
    Object key = new Object();
    requests.begin(key, new RequestLine("test", null, null, null, null, null, null));
    requests.end(key, null, null, null);

    assertThat(value("server")).isEqualTo("test");
    assertThat(value("path")).isNull();
  }

  @Test
  void textUpTo8192Characters_isNotCut() {
    Object key = new Object();
    String query = "pad=" + "A".repeat(8000) + "&cmd=whoami";
    requests.begin(key, line("/" + "p".repeat(8000) + "?" + query));
    requests.end(key, 200, null, null);

    assertThat(value("path").toString()).hasSize(8001);
    assertThat(value("query")).isEqualTo(query);
    assertThat(value("truncated")).isNull();
    assertThat(only().request().path()).hasSizeLessThan(1100);
  }

  @Test
  void longerText_keepsBeginningAndEnd_andIsMarked() {
    Object key = new Object();
    requests.begin(key, line("/x?a=1&" + "q".repeat(100_000) + "&cmd=whoami"));
    requests.end(key, 200, null, null);

    assertThat(value("query").toString())
        .hasSize(8192)
        .startsWith("a=1&qqq")
        .endsWith("qqq&cmd=whoami");
    assertThat(value("truncated")).isEqualTo("query");
  }

  @Test
  void hostInTheRequestLine_isNotPartOfThePath() {
    Object key = new Object();
    requests.begin(key, line("HTTP://shop.example:8080/a;jsessionid=1/b?x=1"));
    requests.end(key, 200, null, null);

    assertThat(value("path")).isEqualTo("/a;jsessionid=1/b");
    assertThat(value("query")).isEqualTo("x=1");
  }
}
