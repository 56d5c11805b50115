package whorl.collector.store.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PartTest {
  private static final List<Set<String>> NAMES =
      List.of(Set.of(), Set.of("a"), Set.of("b"), Set.of("a", "b"));
  private static final List<Map<String, String>> LABELS =
      List.of(Map.of(), Map.of("team", "x"), Map.of("team", "y"), Map.of("team", "x", "tier", "1"));

  static List<Part> parts() {
    return NAMES.stream()
        .flatMap(
            namespaces ->
                NAMES.stream()
                    .flatMap(
                        services ->
                            LABELS.stream().map(labels -> new Part(namespaces, services, labels))))
        .toList();
  }

  private static List<Origin> origins() {
    return Stream.of(null, "a", "b", "c")
        .flatMap(
            namespace ->
                Stream.of("a", "b", "c")
                    .flatMap(
                        service ->
                            Stream.concat(LABELS.stream(), Stream.of(Map.of("tier", "1")))
                                .map(labels -> new Origin(namespace, service, labels))))
        .toList();
  }

  /** Whatever the two parts are, both together hold what each of them holds, and nothing else. */
  @ParameterizedTest
  @MethodSource("parts")
  void and_holdsExactlyWhatBothHold(Part one) {
    for (Part other : parts()) {
      for (Origin origin : origins()) {
        assertThat(one.and(other).map(both -> both.holds(origin)).orElse(false))
            .as("%s and %s hold %s", one, other, origin)
            .isEqualTo(one.holds(origin) && other.holds(origin));
      }
    }
  }

  @Test
  void and_nothingInCommon_isNothing_andNotEverything() {
    assertThat(part(Set.of("a")).and(part(Set.of("b")))).isEmpty();
    assertThat(
            new Part(Set.of(), Set.of("a"), Map.of())
                .and(new Part(Set.of(), Set.of("b"), Map.of())))
        .isEmpty();
    assertThat(
            new Part(Set.of(), Set.of(), Map.of("team", "x"))
                .and(new Part(Set.of(), Set.of(), Map.of("team", "y"))))
        .isEmpty();
  }

  @Test
  void and_everything_changesNothing() {
    for (Part part : parts()) {
      assertThat(part.and(Part.EVERYTHING)).contains(part);
      assertThat(Part.EVERYTHING.and(part)).contains(part);
    }
  }

  private static Part part(Set<String> namespaces) {
    return new Part(namespaces, Set.of(), Map.of());
  }
}
