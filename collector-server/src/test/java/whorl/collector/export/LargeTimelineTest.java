package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.export.formats.TimelineFormat;
import whorl.collector.http.request.Response;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Json;

/** A million rows pass through a JVM with memory for only a few thousand. */
class LargeTimelineTest {
  private static final long ROWS = 1_000_000;
  private static final String HEAP = "-Xmx24m";

  @Tag("long")
  @ParameterizedTest
  @ValueSource(strings = {"csv", "ecs", "flame"})
  void millionRows_needLittleMemory(String what) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                what.equals("flame") ? "-Xmx96m" : HEAP,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                what)
            .redirectErrorStream(true)
            .start();
    child.getOutputStream().close();
    String output = new String(child.getInputStream().readAllBytes());

    assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(output).startsWith("written ");
    assertThat(Long.parseLong(output.strip().substring("written ".length())))
        .isGreaterThan(what.equals("flame") ? 100 : ROWS * 100);
    assertThat(child.exitValue()).isZero();
  }

  /** The program of the other JVM. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws IOException {
      long[] bytes = {0};
      OutputStream counted =
          new OutputStream() {
            @Override
            public void write(int b) {
              bytes[0]++;
            }

            @Override
            public void write(byte[] from, int offset, int length) {
              bytes[0] += length;
            }
          };
      EndlessTimeline timeline = new EndlessTimeline(ROWS);
      TimelineQuery query = TimelineQuery.of(HostileRows.EVIDENCE);
      TimelineFormat format = TimelineFormat.of(args[0]);
      if (format == null) {
        FlameGraph graph = new FlameGraph(FlameGraph.Weight.SAMPLES, true);
        timeline.each(query, graph);
        counted.write(Json.bytes(graph.tree()));
      } else {
        Response response =
            new TimelineDownload(timeline, MarkedRows.NONE).of(query, format, null, "x");
        ((Response.Body.Streamed) response.body()).writer().writeTo(counted);
      }
      System.out.println("written " + bytes[0]);
    }
  }
}
