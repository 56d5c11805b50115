package whorl.collector.cli.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;

final class NotificationsCommandsTest {
  private static final String HOOK =
      "{'name':'hook','type':'webhook','target':'https://a.example/x','filter':{'kinds':['alert'],"
          + "'level':'high','services':[],'namespaces':[],'labels':{},'rules':[]},'every':600,"
          + "'status':'failing','success':'2026-11-24T11:00:00Z','failure':'2026-11-24T12:00:00Z','problem':'it"
          + " answered 503','delivered':7,'failed':2,'dropped':0,'waiting':3,'dead':1}";
  private static final String DEAD =
      "{'id':'message-0001','notification':'hook','kind':'alert','level':'high','service':'shop',"
          + "'title':'A \\u001bShell','count':16,'attempts':9,'added':'2026-11-24T11:00:00Z',"
          + "'problem':'it answered 422'}";
  private static final String PATH = "/api/v1/notifications";

  private FakeCollector collector;
  private final CliRun cli = new CliRun();

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void notifications_areATable_orJson() {
    collector.on("GET " + PATH, "{'notifications':[" + HOOK + "]}");

    assertThat(cli.run(collector, "notifications")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out().lines().toList().get(1))
        .startsWith("hook\twebhook\tfailing\t7\t3\t1\t2026-11-24 11:00:00Z")
        .endsWith("https://a.example/x\tit answered 503");

    assertThat(cli.run(collector, "notifications", "--json")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("\"every\" : 600");
  }

  @Test
  void test_printsTheAnswer_andFailsIfThereIsNone() {
    collector.on("POST " + PATH + "/hook/test", "{'delivered':true,'answer':'200','millis':5}");
    assertThat(cli.run(collector, "notifications", "test", "hook")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).isEqualTo("delivered: 200\n");

    collector.on("POST " + PATH + "/mail/test", "{'delivered':false,'answer':'no','millis':5}");
    assertThat(cli.run(collector, "notifications", "test", "mail")).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("mail was not delivered: no");
  }

  @Test
  void deadMessages_areListed_retriedAndDiscarded() {
    collector
        .on("GET " + PATH + "/dead", "{'messages':[" + DEAD + "]}")
        .on("POST " + PATH + "/dead/message-0001/retry", "{}")
        .on("DELETE " + PATH + "/dead/message-0001", "{}");

    assertThat(cli.run(collector, "notifications", "dead")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("message-0001", "A \ufffdShell", "it answered 422");
    for (String line :
        new String[] {
          "retry message-0001", "retry --all", "discard message-0001", "discard --all"
        }) {
      assertThat(cli.run(collector, ("notifications " + line).split(" ")))
          .as(line)
          .isEqualTo(ExitStatus.DONE);
    }
    assertThat(collector.requests)
        .extracting(request -> request.method() + " " + request.uri())
        .filteredOn(request -> !request.startsWith("GET"))
        .containsExactly(
            "POST " + PATH + "/dead/message-0001/retry",
            "POST " + PATH + "/dead/message-0001/retry",
            "DELETE " + PATH + "/dead/message-0001",
            "DELETE " + PATH + "/dead/message-0001");
    assertThat(cli.run(collector, "notifications", "retry")).isEqualTo(ExitStatus.WRONG_USAGE);
  }

  @Test
  void doctor_checksAFile_withItsSecrets(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("notify.yaml"),
            "notifications: [{name: chat, type: slack, url-file: " + folder + "/url}]");
    assertThat(cli.run(collector, "doctor", "--notify", file.toString()))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.out()).contains("fail", "line 1", "no file " + folder + "/url");

    Files.writeString(folder.resolve("url"), "https://hooks.example.org/s3cr3t");
    assertThat(cli.run(collector, "doctor", "--notify", file.toString()))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("warn", "chat (slack)", "messages have no link");
    Files.writeString(file, "public-url: https://whorl.example.org/\n" + Files.readString(file));
    CliRun linked = new CliRun();
    assertThat(linked.run(collector, "doctor", "--notify", file.toString()))
        .isEqualTo(ExitStatus.DONE);
    assertThat(linked.out()).contains("ok").doesNotContain("no link");
    assertThat(cli.out() + linked.out()).doesNotContain("s3cr3t");
  }
}
