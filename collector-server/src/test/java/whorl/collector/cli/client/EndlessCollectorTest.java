package whorl.collector.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;

/** Collectors whose answers have no end. */
@Timeout(60)
final class EndlessCollectorTest {
  private static final CommandContext.Pace PACE =
      new CommandContext.Pace(
          Duration.ofMillis(5), Duration.ofMillis(1), Duration.ofSeconds(20), Duration.ZERO);

  @TempDir private Path folder;
  private FakeCollector collector;
  private Transport transport;
  private CollectorClient client;

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
    transport = new Transport(URI.create(collector.url()), "token", null, PACE.stall());
    client = new CollectorClient(transport, PACE);
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void list_pageThatNamesItselfAsTheNext_isNotAskedForAgain() {
    collector.on(
        "GET /api/v1/things",
        FakeCollector.Answer.json(200, "{'things':[{'a':1}],'next':'the same'}"));

    assertThatThrownBy(() -> client.list("things", "things", Map.of(), 1_000_000, JsonNode.class))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("does not answer as a Whorl collector does");
    assertThat(collector.requests).hasSize(2);
  }

  @Test
  void added_moreWithoutRowsOrWithTheSameCursor_isAnError() {
    for (String page :
        List.of(
            "{'rows':[],'next':'other','more':true}",
            "{'rows':[{'a':1}],'next':'same','more':true}",
            "{'rows':[{'a':1}],'more':true}")) {
      List<JsonNode> rows = new ArrayList<>();
      collector.on("GET /api/v1/rows", FakeCollector.Answer.json(200, page));

      assertThatThrownBy(() -> client.added("rows", "rows", "", rows::add))
          .as(page)
          .isInstanceOf(CliException.class)
          .hasMessageContaining("does not answer as a Whorl collector does");
      assertThat(rows).hasSizeLessThan(3);
    }
  }

  @Test
  void download_leavesRoomOnTheDisk_andNothingOfWhatCame() {
    collector.on("GET /bag", FakeCollector.Answer.bytes(new byte[18 << 20]));

    assertThatThrownBy(() -> toSmallDisk().to(folder.resolve("bag.zip")))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("has less than 256 MiB left");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void download_ofFewBytes_goesToASmallDiskToo() {
    collector.on("GET /bag", FakeCollector.Answer.bytes(new byte[1 << 20]));

    toSmallDisk().to(folder.resolve("bag.zip"));

    assertThat(folder.resolve("bag.zip")).hasSize(1 << 20);
  }

  private Download toSmallDisk() {
    return new Download(
        transport,
        "/bag",
        Download.Expected.NOTHING,
        PACE,
        bytes -> {},
        where -> where.equals(folder) ? 255L << 20 : Long.MAX_VALUE);
  }
}
