package com.example.shop;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What the shop sells, and what lies in each cart. Memory only. */
@Component
final class Catalog {
  private static final int CARTS_MAX = 1_000;
  private static final int PIECES_MAX = 99;

  private final List<Product> products =
      List.of(
          new Product("p1", "Magnifier, 10x", "optics", 1990, 40),
          new Product("p2", "Fingerprint powder, black", "powders", 1450, 120),
          new Product("p3", "Squirrel hair brush", "brushes", 2475, 35),
          new Product("p4", "Lifting tape, 50 mm", "tapes", 890, 300),
          new Product("p5", "Evidence bags, 100 pieces", "bags", 3200, 80),
          new Product("p6", "Scale ruler, 15 cm", "optics", 450, 210));
  private final Map<String, Map<String, Integer>> carts = new ConcurrentHashMap<>();

  List<Product> products() {
    return products;
  }

  @Nullable Product product(String id) {
    return products.stream().filter(product -> product.id().equals(id)).findFirst().orElse(null);
  }

  /** The cart after {@code pieces} more of a product were put into it. */
  Map<String, Integer> put(String cart, String productId, int pieces) {
    if (!carts.containsKey(cart) && carts.size() >= CARTS_MAX) {
      throw new IllegalStateException("too many carts: " + CARTS_MAX + "; come back later");
    }
    return carts.compute(
        cart,
        (key, before) -> {
          Map<String, Integer> after = new TreeMap<>(before == null ? Map.of() : before);
          after.merge(productId, pieces, (a, b) -> Math.min(PIECES_MAX, a + b));
          return after;
        });
  }

  Map<String, Integer> cart(String cart) {
    return carts.getOrDefault(cart, Map.of());
  }
}
