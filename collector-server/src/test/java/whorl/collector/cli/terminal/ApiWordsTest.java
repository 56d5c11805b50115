package whorl.collector.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

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
  }
}
