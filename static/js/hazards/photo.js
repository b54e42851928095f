// A photo on its way into a report: scaled down when it is huge, with what the camera wrote of time and place kept.
import { sha256 } from "./sha256.js";

const LONGEST = 2560; // pixels, as the server keeps them
const HUGE = 3 * 1024 * 1024; // bytes; below that it goes as it is
const THUMB = 160;

/** {blob, name, sha256, originalSha256, thumb}. Rejects with what to tell when the file is no picture. */
export async function prepare(file) {
  let image;
  try {
    image = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new Error(gettext("This is not a complete photo. Take it again, or choose another one."));
  }
  const originalSha256 = await sha256(file);
  const thumb = drawn(image, THUMB).toDataURL("image/jpeg", 0.7);
  const huge = file.size > HUGE || Math.max(image.width, image.height) > LONGEST * 1.25;
  const blob = huge ? await scaled(file, image) : file;
  image.close();
  const checksum = blob === file ? originalSha256 : await sha256(blob);
  return { blob, name: file.name || "photo.jpg", sha256: checksum, originalSha256, thumb };
}

function drawn(image, longest) {
  const share = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * share));
  canvas.height = Math.max(1, Math.round(image.height * share));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function scaled(file, image) {
  const small = await new Promise((resolve) => { drawn(image, LONGEST).toBlob(resolve, "image/jpeg", 0.85); });
  if (!small || small.size >= file.size) return file;
  const exif = exifOf(new Uint8Array(await file.slice(0, 256 * 1024).arrayBuffer()));
  if (!exif) return small;
  // Behind the two bytes that begin every JPEG, where the camera had put it.
  return new Blob([small.slice(0, 2), exif, small.slice(2)], { type: "image/jpeg" });
}

/** The EXIF segment of a JPEG with its orientation set to upright, since the pixels are by now; null without one. */
export function exifOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 10 < bytes.length && view.getUint8(at) === 0xff && view.getUint8(at + 1) !== 0xda) {
    const length = view.getUint16(at + 2) + 2;
    if (length < 4) return null;
    if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966) {
      return at + length <= bytes.length ? upright(bytes.slice(at, at + length)) : null;
    }
    at += length;
  }
  return null;
}

function upright(segment) {
  const view = new DataView(segment.buffer);
  const tiff = 10;
  try {
    const little = view.getUint16(tiff) === 0x4949;
    const first = tiff + view.getUint32(tiff + 4, little);
    const count = view.getUint16(first, little);
    for (let i = 0; i < count; i += 1) {
      const entry = first + 2 + i * 12;
      if (view.getUint16(entry, little) === 0x0112) view.setUint16(entry + 8, 1, little);
    }
  } catch {
    return null; // a camera's broken EXIF is worth nothing as evidence
  }
  return segment;
}
