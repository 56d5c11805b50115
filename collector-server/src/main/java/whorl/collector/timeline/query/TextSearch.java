package whorl.collector.timeline.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.collector.timeline.query.Branch.Place;
import whorl.collector.timeline.words.Word;
import whorl.collector.timeline.words.WordIndex;

/**
 * Finds where the words of a query and the texts of its other conditions may occur in one timeline.
 * Blocks that the word index rules out are not read. A timeline without a word index is read
 * completely.
 */
final class TextSearch {
  private static final int WORDS_MAX = 20;
  private static final Set<Column> SEARCHED = EnumSet.copyOf(StoredColumns.searched());
  private static final Set<Where.Op> POSITIVE =
      EnumSet.of(Where.Op.EQ, Where.Op.CONTAINS, Where.Op.PREFIX);

  /** More stacks are not listed: rows with that many stacks are everywhere. */
  private static final int STACKS_MAX = 256;

  private static final int BRANCHES_MAX = 8;

  private final List<SearchedWord> words;

  /** By block number, where each word may occur; null if there is no information. */
  private final @Nullable NavigableMap<Integer, List<Place>> candidates;

  private TextSearch(
      List<SearchedWord> words, @Nullable NavigableMap<Integer, List<Place>> candidates) {
    this.words = words;
    this.candidates = candidates;
  }

  static TextSearch of(
      TimelineQuery query, DuckTimeline.Rows timeline, RequestValues requests, Duck duck)
      throws IOException {
    List<SearchedWord> words = new ArrayList<>();
    String text = query.text() == null ? "" : query.text().strip();
    for (String word : text.split("\\s+", WORDS_MAX)) {
      if (!word.isEmpty()) {
        words.add(new SearchedWord(word, stacks(word, timeline, duck)));
      }
    }
    List<List<Word>> needed = needed(query, requests);
    boolean any = words.isEmpty() && needed.isEmpty();
    return new TextSearch(List.copyOf(words), any ? null : candidates(words, needed, timeline));
  }

  /** A matching row contains at least one word of each list. */
  private static List<List<Word>> needed(TimelineQuery query, RequestValues requests) {
    List<List<Word>> needed = new ArrayList<>();
    if (!query.types().isEmpty()) {
      needed.add(
          query.types().stream()
              .map(type -> type.endsWith("*") ? type.substring(0, type.length() - 1) : type)
              .map(Word::of)
              .toList());
    }
    for (Where where : query.where()) {
      boolean named = !RequestValues.isOf(where.column()) || requests.named(where) != null;
      if (named && POSITIVE.contains(where.op()) && SEARCHED.contains(where.column())) {
        List<Word> alternatives = new ArrayList<>();
        alternatives.add(Word.of(where.value()));
        List<String> ids = requests.named(where);
        if (ids != null) {
          ids.forEach(id -> alternatives.add(Word.of(id)));
        }
        needed.add(alternatives);
      }
    }
    return needed;
  }

  List<SearchedWord> words() {
    return words;
  }

  /** True if blocks can be ruled out. */
  boolean isNarrow() {
    return candidates != null;
  }

  /** True if no row can match, whatever files there are. */
  boolean isInVain() {
    return candidates != null && candidates.isEmpty();
  }

  /** How many of a file's blocks must be read; 0 unless {@link #isNarrow}. */
  int blocks(FileSpan file) {
    return candidates == null
        ? 0
        : candidates.subMap(file.firstBlock(), true, file.lastBlock(), true).size();
  }

  /**
   * The branches to read in these files; empty if nothing can match.
   *
   * @param blocksMax the maximum number of blocks to list
   */
  List<Branch> branches(List<FileSpan> files, int blocksMax) {
    if (candidates == null) {
      return List.of(new Branch(null, anyPlaces()));
    }
    Map<List<Place>, List<Integer>> byPlaces = new LinkedHashMap<>();
    int blocks = 0;
    for (FileSpan file : files) {
      for (Map.Entry<Integer, List<Place>> entry :
          candidates.subMap(file.firstBlock(), true, file.lastBlock(), true).entrySet()) {
        byPlaces.computeIfAbsent(entry.getValue(), places -> new ArrayList<>()).add(entry.getKey());
        blocks++;
      }
    }
    if (blocks > blocksMax) {
      return List.of(new Branch(null, anyPlaces()));
    }
    if (byPlaces.size() > BRANCHES_MAX) {
      List<Integer> all = byPlaces.values().stream().flatMap(List::stream).sorted().toList();
      return List.of(new Branch(all, anyPlaces()));
    }
    List<Branch> branches = new ArrayList<>();
    byPlaces.forEach((places, numbers) -> branches.add(new Branch(numbers, places)));
    return branches;
  }

  private List<Place> anyPlaces() {
    return Collections.nCopies(words.size(), Place.EITHER);
  }

  private static @Nullable NavigableMap<Integer, List<Place>> candidates(
      List<SearchedWord> words, List<List<Word>> needed, DuckTimeline.Rows timeline)
      throws IOException {
    try (WordIndex index = WordIndex.open(timeline.folder().resolve(StoredColumns.ROW_WORDS))) {
      if (index == null) {
        return null;
      }
      List<Word> lookups = words.stream().map(word -> Word.of(word.word())).toList();
      NavigableMap<Integer, List<Place>> candidates = new TreeMap<>();
      for (int block = 0; block < index.blocks(); block++) {
        if (mayHoldAll(index, block, needed)) {
          List<Place> places = places(index, block, words, lookups);
          if (places.size() == words.size()) {
            candidates.put(block, places);
          }
        }
      }
      return candidates;
    }
  }

  private static boolean mayHoldAll(WordIndex index, int block, List<List<Word>> needed)
      throws IOException {
    for (List<Word> alternatives : needed) {
      boolean held = false;
      for (int i = 0; i < alternatives.size() && !held; i++) {
        held = index.mayHold(block, alternatives.get(i));
      }
      if (!held) {
        return false;
      }
    }
    return true;
  }

  /** A place for each word; fewer if one of the words cannot occur. */
  private static List<Place> places(
      WordIndex index, int block, List<SearchedWord> words, List<Word> lookups) throws IOException {
    List<Place> places = new ArrayList<>(words.size());
    for (int i = 0; i < words.size(); i++) {
      boolean text = index.mayHold(block, lookups.get(i));
      boolean stack = mayLink(index, block, words.get(i).stacks());
      if (!text && !stack) {
        break;
      }
      places.add(text && stack ? Place.EITHER : text ? Place.TEXT : Place.STACK);
    }
    return places;
  }

  private static boolean mayLink(WordIndex index, int block, @Nullable List<Long> stacks)
      throws IOException {
    if (stacks == null) {
      return true;
    }
    for (long stack : stacks) {
      if (index.mayLink(block, stack)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable List<Long> stacks(String word, DuckTimeline.Rows timeline, Duck duck)
      throws IOException {
    String within = "";
    try (WordIndex index = WordIndex.open(timeline.folder().resolve(StoredColumns.STACK_WORDS))) {
      if (index != null) {
        List<Integer> blocks = new ArrayList<>();
        Word lookups = Word.of(word);
        for (int block = 0; block < index.blocks(); block++) {
          if (index.mayHold(block, lookups)) {
            blocks.add(block);
          }
        }
        if (blocks.isEmpty()) {
          return List.of();
        }
        within = Select.in(StoredColumns.quoted(StoredColumns.BLOCK), blocks) + " AND ";
      }
    }
    List<Long> stacks = new ArrayList<>();
    duck.query(
        "SELECT id FROM "
            + Select.parquet(timeline, StoredColumns.STACKS)
            + " WHERE "
            + within
            + "contains(lower(frames), lower($1)) LIMIT "
            + (STACKS_MAX + 1),
        List.of(word),
        result -> {
          while (result.next()) {
            stacks.add(result.getLong(1));
          }
        });
    return stacks.size() > STACKS_MAX ? null : List.copyOf(stacks);
  }
}
