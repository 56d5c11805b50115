package whorl.collector.custody.proof;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a tile (C2SP tlog-tiles, height 8). A tile of level L holds up to 256 consecutive
 * hashes of the tree's row 8 × L, counted from the leaves; a bundle holds the leaves themselves.
 *
 * <pre>
 * tile/0/x001/x234/067         256 hashes of leaves
 * tile/1/000.p/7               the first 7 hashes of the row above them
 * tile/entries/x001/x234/067   the leaves
 * </pre>
 *
 * @param level 0 to 5; {@link #ENTRIES} for leaves
 * @param index of the tile in its row, from 0
 * @param width the number of hashes or leaves, 1 to 256; fewer than 256 make a partial tile
 */
public record TilePath(int level, long index, int width) {
  /** The hashes or leaves of a full tile. */
  public static final int FULL = 256;

  /** The level of tiles that hold leaves. */
  public static final int ENTRIES = -1;

  /** The number of rows between two levels. */
  static final int HEIGHT = 8;

  private static final int LEVEL_MAX = 5;
  private static final int GROUP = 1000;
  private static final Pattern FORM =
      Pattern.compile("tile/([0-5]|entries)/((?:x\\d{3}/){0,5}\\d{3})(?:\\.p/([1-9]\\d{0,2}))?");

  public TilePath {
    if (level < ENTRIES || level > LEVEL_MAX || index < 0 || width < 1 || width > FULL) {
      throw new IllegalArgumentException("no tile: " + level + ", " + index + ", " + width);
    }
  }

  /** The tile of a row with {@code count} hashes or leaves that has this index. */
  public static TilePath of(int level, long index, long count) {
    return new TilePath(level, index, (int) Math.min(FULL, count - index * FULL));
  }

  /** Parses a path; null if it names no tile. */
  public static @Nullable TilePath parse(String path) {
    Matcher form = FORM.matcher(path);
    if (!form.matches()) {
      return null;
    }
    String digits = form.group(2).replaceAll("[x/]", "");
    int width = form.group(3) == null ? FULL : Integer.parseInt(form.group(3));
    boolean fullWidth = form.group(3) != null && width >= FULL;
    boolean leadingZeros = digits.length() > 3 && digits.startsWith("000");
    if (fullWidth || leadingZeros) {
      return null;
    }
    boolean entries = form.group(1).equals("entries");
    return new TilePath(
        entries ? ENTRIES : Integer.parseInt(form.group(1)), Long.parseLong(digits), width);
  }

  /** True if it holds fewer than 256 hashes or leaves. */
  public boolean isPartial() {
    return width < FULL;
  }

  /** The same tile with another width. */
  public TilePath withWidth(int other) {
    return new TilePath(level, index, other);
  }

  /** The path below the log's prefix. */
  public String path() {
    StringBuilder path = new StringBuilder();
    path.append(String.format(Locale.ROOT, "%03d", index % GROUP));
    for (long rest = index / GROUP; rest > 0; rest /= GROUP) {
      path.insert(0, String.format(Locale.ROOT, "x%03d/", rest % GROUP));
    }
    path.insert(0, "tile/" + (level == ENTRIES ? "entries" : level) + "/");
    return isPartial() ? path + ".p/" + width : path.toString();
  }
}
