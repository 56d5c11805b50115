package com.example.shop;

import java.io.Serializable;
import java.util.Map;

/**
 * A cart that was paid for, as the partner shop exports it.
 *
 * @param items how many of each product id
 */
public record Order(String customer, Map<String, Integer> items) implements Serializable {}
