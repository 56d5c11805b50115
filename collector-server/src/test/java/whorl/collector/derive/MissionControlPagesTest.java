package whorl.collector.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.item.PersistableItemFilter;
import org.openjdk.jmc.common.util.StateToolkit;

/** Reads the pages for Mission Control with Mission Control's own libraries. */
class MissionControlPagesTest {
  private static final Path PAGES = Path.of("../docs/jmc/whorl-pages.xml");

  @TempDir Path folder;

  /**
   * Checks what Mission Control's ItemHandlerPage reads; it ignores types and fields that it does
   * not find.
   */
  @Test
  void pages_nameTypesAndFieldsOfRecordings() throws Exception {
    List<IState> pages = pages(StateToolkit.fromXMLFile(PAGES.toFile()));

    assertThat(pages)
        .extracting(page -> page.getChild("state").getAttribute("name"))
        .containsExactly(
            "Whorl",
            "Alerts",
            "Requests",
            "Files",
            "Network",
            "Processes",
            "Code",
            "Classes Loaded",
            "Ways In");
    assertThat(pages).extracting(page -> page.getAttribute("id")).doesNotHaveDuplicates();
    BothRecordings both = BothRecordings.make(folder);
    for (IItemCollection events : List.of(both.recorded(), both.derived())) {
      Set<String> shown = new TreeSet<>();
      for (IState page : pages) {
        Set<String> types = check(page, events);
        if (!page.getAttribute("id").equals("whorl")) {
          assertThat(shown).as(page.getAttribute("id")).doesNotContainAnyElementsOf(types);
          shown.addAll(types);
        } else {
          assertThat(types).isEqualTo(BothRecordings.types(events).keySet());
        }
      }
      assertThat(shown).isEqualTo(BothRecordings.types(events).keySet());
    }
  }

  @Test
  void columnOfEachField_isAsMissionControlNamesIt() throws Exception {
    Map<String, IType<IItem>> types = BothRecordings.types(BothRecordings.make(folder).recorded());
    for (EventType type : EventTypesTest.registered()) {
      IType<IItem> known = types.get(type.getName());
      for (ValueDescriptor field : type.getFields()) {
        if (!EventTypesTest.JFRS_OWN.contains(field.getName())) {
          IAttribute<?> attribute = BothRecordings.attribute(known, field.getName());
          assertThat(MissionControlPages.column(field))
              .as(type.getName())
              .isEqualTo(field.getName() + ":" + attribute.getContentType().getIdentifier());
        }
      }
    }
  }

  /** Returns all pages below this one. */
  private static List<IState> pages(IState parent) {
    List<IState> pages = new ArrayList<>();
    for (IState page : parent.getChildren("page")) {
      pages.add(page);
      pages.addAll(pages(page));
    }
    return pages;
  }

  /** Returns the types of event that the page shows. */
  private static Set<String> check(IState page, IItemCollection events) {
    String id = page.getAttribute("id");
    assertThat(page.getAttribute("factory"))
        .isEqualTo("org.openjdk.jmc.flightrecorder.ui.itemhandler");
    assertThat(childrenOf(page)).as(id).contains("state").isSubsetOf("state", "page");
    IState state = page.getChild("state");
    assertThat(state.getAttribute("description")).as(id).isNotBlank();
    assertThat(childrenOf(state)).as(id).isSubsetOf("pageFilter", "histogram", "listAndChart");
    Map<String, IType<IItem>> types =
        BothRecordings.types(
            events.apply(PersistableItemFilter.readFrom(state.getChild("pageFilter"))));
    for (IState filter : state.getChild("pageFilter").getChildren("filter")) {
      assertThat(types).as(id).containsKey(filter.getAttribute("type"));
    }
    IState histogram = state.getChild("histogram");
    if (histogram != null) {
      assertThat(columns(histogram.getChild("table")))
          .containsExactly("itemhistogram.key", "itemhistogram.count");
      assertThat(types.values())
          .as(id)
          .isNotEmpty()
          .allSatisfy(type -> BothRecordings.attribute(type, histogram.getAttribute("groupBy")));
    }
    IState list = state.getChild("listAndChart");
    assertThat(childrenOf(list)).as(id).containsOnly("listSettings", "itemListFilter");
    Set<String> known = new TreeSet<>();
    types
        .values()
        .forEach(
            type ->
                type.getAttributes()
                    .forEach(
                        a ->
                            known.add(
                                a.getIdentifier() + ":" + a.getContentType().getIdentifier())));
    List<String> columns = columns(list.getChild("listSettings"));
    assertThat(known).as(id).containsAll(columns);
    assertThat(columns).as(id).doesNotHaveDuplicates().contains("startTime:timestamp");
    return types.keySet();
  }

  private static List<String> columns(IState table) {
    List<String> columns = new ArrayList<>();
    for (IState column : table.getChildren("column")) {
      columns.add(column.getAttribute("id"));
      assertThat(column.getAttribute("hidden")).isIn("true", "false");
      assertThat(Integer.parseInt(column.getAttribute("width"))).isPositive();
    }
    assertThat(columns).contains(table.getAttribute("sortColumn"));
    return columns;
  }

  private static Set<String> childrenOf(IState state) {
    return Arrays.stream(state.getChildren()).map(IState::getType).collect(Collectors.toSet());
  }
}
