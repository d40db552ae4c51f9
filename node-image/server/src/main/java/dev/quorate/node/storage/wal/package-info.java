/**
 * The write-ahead log on disk: numbered segments of records, each record what one sync made
 * durable.
 *
 * <pre>
 * segment  = header(64) record* zeros        NAME.wal; the zeros are written ahead, in steps
 * header   = magic(8) version(4) 0(4) sequence(8) cluster(8) member(8) previousCrc(4) 0(16) crc(4)
 * record   = marker(4) length(4) previousCrc(4) crc(4) payload(length) zeros crc(4)
 * payload  = item*                           see RecordCodec
 * </pre>
 *
 * <p>All numbers are big-endian, checksums are CRC32C. A record begins at a multiple of 8 bytes, is
 * written with one write and synced before the next one is written. So any valid record proves that
 * everything before it was durable, and only the last one can be torn. The checksum of a record
 * covers its segment's header and the checksum of the record before it: records cannot be swapped,
 * left out or come from elsewhere unnoticed. The first record of a segment repeats what must not be
 * lost when older segments are removed; it is there before the segment gets its name.
 */
@NullMarked
package dev.quorate.node.storage.wal;

import org.jspecify.annotations.NullMarked;
