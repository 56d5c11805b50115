package com.example.shop;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The catalogue and the carts. */
@RestController
class ProductsController {
  private final SpelExpressionParser parser = new SpelExpressionParser();
  private final Catalog catalog;

  ProductsController(Catalog catalog) {
    this.catalog = catalog;
  }

  /** One line of the list, with what it was sorted by. */
  record Listed(Product product, @Nullable String sortKey) {}

  @GetMapping("/")
  Map<String, Object> index() {
    return Map.of(
        "shop",
        "Loop & Arch, forensic supplies",
        "products",
        "/products?sort=price",
        "cart",
        "/cart/{name}");
  }

  @GetMapping("/healthz")
  String healthz() {
    return "ok\n";
  }

  /**
   * DELIBERATELY UNSAFE: {@code sort} is an expression in the full language, so a caller may run
   * any code. {@code SimpleEvaluationContext.forReadOnlyDataBinding()} would be the remedy.
   */
  @GetMapping("/products")
  List<Listed> products(@RequestParam(defaultValue = "name") String sort) {
    Expression expression = parser.parseExpression(sort);
    return catalog.products().stream()
        .map(product -> new Listed(product, key(expression, product)))
        .sorted(
            Comparator.comparing(Listed::sortKey, Comparator.nullsLast(Comparator.naturalOrder())))
        .toList();
  }

  private static @Nullable String key(Expression expression, Product product) {
    Object key = expression.getValue(new StandardEvaluationContext(product));
    return key instanceof Number number
        ? String.format("%012d", number.longValue())
        : key == null ? null : key.toString();
  }

  @GetMapping("/cart/{name}")
  Map<String, Integer> cart(@PathVariable String name) {
    return catalog.cart(name);
  }

  @PostMapping("/cart/{name}")
  Map<String, Integer> put(
      @PathVariable String name,
      @RequestParam String product,
      @RequestParam(defaultValue = "1") int pieces) {
    if (catalog.product(product) == null || pieces < 1) {
      throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "no such product or no pieces");
    }
    return catalog.put(name, product, pieces);
  }
}
