package whorl.collector.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ApiWordsTest {
  @Test
  void listsOfTheApi_becomeHints() {
    assertThat(ApiWords.asCommands("no such evidence: list it with GET /api/v1/evidence"))
        .isEqualTo("no such evidence");
    assertThat(ApiWords.asCommands("no such hunt: GET /api/v1/hunts lists all"))
        .isEqualTo("no such hunt");
    assertThat(ApiWords.hint("nothing; GET /api/v1/agents lists all", "/api/v1/captures"))
        .isEqualTo("`whorl agents` shows what there is");
    assertThat(ApiWords.hint("nothing", "/api/v1/rules/nope"))
        .isEqualTo("`whorl rules list` shows what there is");
    assertThat(ApiWords.hint("nothing", "/openapi.yaml")).isNull();
  }

  @Test
  void otherRequests_becomeCommands_ifThereIsOne() {
    assertThat(ApiWords.asCommands("within 60 s; ask for one with POST /api/v1/captures"))
        .isEqualTo("within 60 s; ask for one with `whorl capture`");
    assertThat(
            ApiWords.asCommands(
                "unauthorized: there is no token; send it once, as Authorization: Bearer TOKEN"))
        .isEqualTo("unauthorized: there is no token");
    assertThat(ApiWords.asCommands("the log; GET /api/v1/x/y lists all"))
        .isEqualTo("the log; GET /api/v1/x/y lists all");
    assertThat(
            ApiWords.asCommands(
                "changed meanwhile; read it with GET /api/v1/evidence/0199f0a2-7c51/marks?row=5"))
        .isEqualTo("changed meanwhile; read it with `whorl marks list` --row 5");
    assertThat(ApiWords.asCommands("no such path; GET /openapi.yaml lists all paths"))
        .isEqualTo("no such path");
  }

  @Test
  void everyRequestThatTheCollectorNames_hasACommand() throws IOException {
    Pattern literal =
        Pattern.compile("\"([^\"\n]*(?:GET|POST|PUT|PATCH|DELETE) /api/v1/[^\"\n]*[^\"\n/?=])\"");
    Set<String> left = new TreeSet<>();
    int found = 0;
    try (Stream<Path> all = Files.walk(Path.of("src/main/java/whorl/collector"))) {
      for (Path file : all.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (file.toString().contains("/cli/")) {
          continue;
        }
        Matcher text = literal.matcher(Files.readString(file));
        while (text.find()) {
          found++;
          String words = ApiWords.asCommands(text.group(1));
          if (words.contains("/api/v1/")) {
            left.add(file.getFileName() + ": " + words);
          }
        }
      }
    }
    assertThat(found).isGreaterThan(20);
    assertThat(left).as("add them to ApiWords").isEmpty();
  }
}
