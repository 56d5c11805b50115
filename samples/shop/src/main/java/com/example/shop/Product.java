package com.example.shop;

import java.io.Serializable;

/**
 * Something to buy.
 *
 * @param price in cents
 */
public record Product(String id, String name, String category, int price, int stock)
    implements Serializable {}
