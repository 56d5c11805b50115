package whorl.collector.mcp.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import whorl.evidence.Json;

class UntrustedTest {
  private final ObjectNode object = JsonNodeFactory.instance.objectNode();

  @Test
  void whatIsNotShown_isReplaced() {
    for (String hidden :
        new String[] {
          "\u0000",
          "\u0007",
          "\u001b",
          "\r",
          "\u007f",
          "\u0085",
          "\u009b", // controls
          "\u061c",
          "\u200e",
          "\u200f",
          "\u202a",
          "\u202e",
          "\u2066",
          "\u2069", // bidirectional
          "\u00ad",
          "\u200b",
          "\u200c",
          "\u200d",
          "\u2060",
          "\u2062",
          "\ufeff", // zero width
          "\u2028",
          "\u2029",
          "\ufe0f",
          "\u034f",
          "\u115f",
          "\u3164",
          "\u2800", // shown as nothing
          "\ud83d",
          "\ude00",
          "\ue000",
          "\uffff", // halves, private, unassigned
          new String(Character.toChars(0xE0041)), // a tag: an invisible A
          new String(Character.toChars(0xE0101)), // a variation selector
          new String(Character.toChars(0x10FFFD)),
        }) {
      assertThat(Untrusted.harmless("a" + hidden + "b"))
          .as(Integer.toHexString(hidden.codePointAt(0)))
          .isEqualTo("a\uFFFDb");
    }
  }

  @Test
  void whatIsShown_stays() {
    String text =
        "GET /invoices?file=../../proc/self/environ\n\tat Überprüfung.läuft(世界.java:1) 😀";

    assertThat(Untrusted.harmless(text)).isEqualTo(text);
  }

  @Test
  void namesOfFields_andNestedValues_areHarmlessToo() {
    object.putObject("a\u202eb").putArray("c").add("d\u200be").add(7).add(true).addNull();

    JsonNode harmless = new Untrusted(100, 100).harmless(object);

    assertThat(harmless.toString()).isEqualTo("{\"a\uFFFDb\":{\"c\":[\"d\uFFFDe\",7,true,null]}}");
  }

  @Test
  void longTexts_longLists_andDeepOnes_areCut_andSaySo() {
    ArrayNode list = object.putArray("list");
    for (int i = 0; i < 10; i++) {
      list.add(i);
    }
    object.put("text", "x".repeat(1_000));
    ObjectNode deep = object;
    for (int i = 0; i < 50; i++) {
      deep = deep.putObject("deep");
    }
    Untrusted untrusted = new Untrusted(100, 3);

    JsonNode cut = untrusted.harmless(object);

    assertThat(untrusted.isCut()).isTrue();
    assertThat(cut.path("list").toString()).isEqualTo("[0,1,2,\"… [7 more]\"]");
    assertThat(cut.path("text").asText())
        .hasSizeLessThan(140)
        .endsWith("… [1000 characters in all]");
    assertThat(cut.toString()).contains("nested too deeply");
  }

  @Test
  void cutWithinASurrogatePair_leavesNoHalf() {
    object.put("text", "ab😀😀");

    String cut = new Untrusted(3, 3).harmless(object).path("text").asText();

    assertThat(cut).startsWith("ab\uFFFD… [");
  }

  @Test
  void anyValue_fitsIntoARow() {
    for (int i = 0; i < 2_000; i++) {
      object.putObject("field" + i).put("value", "\u4e16".repeat(200)).putArray("x").add(i);
    }

    Found row = Bounds.within(object, Bounds.ROW_MAX_BYTES);

    assertThat(Json.bytes(row.data()).length).isLessThanOrEqualTo(Bounds.ROW_MAX_BYTES);
    assertThat(row.cut()).isNotNull();
    assertThat(row.data().isObject()).isTrue();
  }
}
