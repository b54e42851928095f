// The public's page: where the phone is, if its owner wants to say so, and photos made small before they are sent.
import { prepare } from "./photo.js";
import { whereAmI } from "./pin_map.js";

const form = document.querySelector("[data-public-form]");
const find = (name) => form.querySelector(`[data-${name}]`);

async function locate() {
  const told = find("place-state");
  told.textContent = gettext("Looking for the position…");
  try {
    const { point, accuracy } = await whereAmI();
    Object.assign(form.elements.lon, { value: point[0].toFixed(6) });
    Object.assign(form.elements.lat, { value: point[1].toFixed(6) });
    Object.assign(form.elements.accuracy_m, { value: accuracy });
    told.textContent = interpolate(gettext("Your position is sent along (± %(n)s m)."), { n: accuracy }, true);
  } catch {
    told.textContent = gettext("No position found: say in words where it is.");
  }
}

async function shrink(input) {
  const told = find("photo-state");
  told.textContent = gettext("Preparing the photo…");
  const small = new DataTransfer();
  try {
    for (const file of input.files) {
      const photo = await prepare(file);
      small.items.add(new File([photo.blob], photo.name, { type: photo.blob.type }));
    }
    input.files = small.files;
    told.textContent = interpolate(ngettext("%(n)s photo chosen", "%(n)s photos chosen", small.files.length), { n: small.files.length }, true);
  } catch (error) {
    input.value = "";
    told.textContent = error.message;
  }
}

find("here-line").hidden = !(window.isSecureContext && navigator.geolocation);
find("here").addEventListener("click", locate);
form.elements.photos.addEventListener("change", (event) => event.target.files.length && shrink(event.target));
form.addEventListener("submit", () => {
  // Once is enough; a second tap would only wait for the same answer.
  const button = form.querySelector("button.btn-primary");
  setTimeout(() => { button.disabled = true; });
});
addEventListener("pageshow", () => { form.querySelector("button.btn-primary").disabled = false; });
